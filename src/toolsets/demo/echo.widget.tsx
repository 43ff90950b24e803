import { isShape, isText } from "../../ui/guards.ts";
import { showWidget } from "../../ui/show-widget.tsx";

const isEcho = isShape({ text: isText });

/** The answer of `echo`: the text, as text, whatever it looks like. */
showWidget({
  title: "Echo",
  shape: isEcho,
  draw: ({ text }) => (text === "" ? <p className="note">The text is empty.</p> : <p className="own-words">{text}</p>),
});
