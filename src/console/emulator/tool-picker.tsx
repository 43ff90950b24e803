import { useId, useState } from "react";
import type { EmulatedTool } from "./emulated-tool.ts";

/** With more tools than this, a filter helps. */
const FILTER_FROM = 9;

interface ToolPickerProps {
  readonly tools: readonly EmulatedTool[];
  readonly chosen: EmulatedTool;
  readonly onChoose: (tool: EmulatedTool) => void;
}

const matches = (tool: EmulatedTool, filter: string): boolean =>
  `${tool.name} ${tool.title}`.toLowerCase().includes(filter.trim().toLowerCase());

/** The tools that the server offers through this host; the arrow keys go from one to the next. */
export function ToolPicker({ tools, chosen, onChoose }: ToolPickerProps) {
  const name = useId();
  const [filter, setFilter] = useState("");
  const shown = tools.filter((tool) => tool === chosen || matches(tool, filter));
  return (
    <fieldset className="tool-picker stack is-tight">
      <legend>Tool</legend>
      {tools.length >= FILTER_FROM && (
        <input
          type="search"
          className="field-input"
          aria-label="Filter the tools"
          placeholder="Filter"
          value={filter}
          onChange={(event) => setFilter(event.currentTarget.value)}
        />
      )}
      <div className="tool-list">
        {shown.map((tool) => (
          <label key={tool.name} className="tool-choice">
            <input
              type="radio"
              name={name}
              className="is-hidden-to-eyes"
              checked={tool === chosen}
              onChange={() => onChoose(tool)}
            />
            <span className="tool-choice-face">
              <span className="tool-title">{tool.title}</span>
              <span className="mono quiet">{tool.name}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
