import { Link } from "@tanstack/react-router";

const pages = [
  { to: "/limits", words: "Your limits" },
  { to: "/usage", words: "Your plan" },
] as const;

/** The way between what the person allows, and what their plan does. */
export const LimitParts = () => (
  <nav className="part-nav" aria-label="Limits">
    <ul>
      {pages.map(({ to, words }) => (
        <li key={to}>
          <Link to={to} activeOptions={{ exact: true, includeSearch: false }}>
            {words}
          </Link>
        </li>
      ))}
    </ul>
  </nav>
);
