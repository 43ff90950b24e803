import { TaskFrame } from "../parts/frame.tsx";
import { BrokenPart } from "./broken-part.tsx";

/** What is shown when not even the frame could be. */
export const BrokenPage = () => (
  <TaskFrame>
    <BrokenPart />
  </TaskFrame>
);
