import { isShape, isText } from "../../ui/guards.ts";
import { OwnWords } from "../../ui/pieces/own-words.tsx";
import { showWidget } from "../../ui/show-widget.tsx";

const isEcho = isShape({ text: isText });

/** The answer of `echo`: the text, as text, whatever it looks like. */
showWidget({
  title: "Echo",
  shape: isEcho,
  View: ({ data: { text } }) => (text === "" ? <p className="quiet">The text is empty.</p> : <OwnWords text={text} />),
});
