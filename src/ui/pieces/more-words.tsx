import { OwnWords } from "./own-words.tsx";

interface MoreWordsProps {
  /** What the texts are, in one sentence. */
  readonly about: string;
  readonly texts: readonly string[];
}

const SHOWN = 5;

/** Texts that few people look at: behind one sentence, and nothing at all where there are none. */
export const MoreWords = ({ about, texts }: MoreWordsProps) =>
  texts.length > 0 && (
    <details>
      <summary>{about}</summary>
      <ul>
        {texts.slice(0, SHOWN).map((text, index) => (
          <li key={index}>
            <OwnWords text={text} tone="quiet" lines={2} />
          </li>
        ))}
      </ul>
    </details>
  );
