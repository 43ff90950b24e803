import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { TaskFrame } from "../parts/frame.tsx";
import { PageHeading } from "../parts/page-heading.tsx";

/** An address under which there is no page. */
export const NotFoundPage = () => (
  <TaskFrame>
    <div className="stack">
      <PageHeading title="There is no page here" />
      <p className="quiet">The address may be old, or mistyped.</p>
      <div className="actions">
        <Button component={Link} to="/">
          Go to the first page
        </Button>
      </div>
    </div>
  </TaskFrame>
);
