import { TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useState } from "react";
import { SearchIcon } from "./icons.tsx";

interface SearchFieldProps {
  readonly label: string;
  /** What is searched for now. */
  readonly value: string;
  readonly onSearch: (words: string) => void;
}

/** A pause in typing after which the search begins. */
const PAUSE_MS = 250;

/** Longest text that the server searches for. */
const LONGEST = 200;

/** Searches while the person types; a search that begins elsewhere, such as by the back button, is taken over. */
export function SearchField({ label, value, onSearch }: SearchFieldProps) {
  const [text, setText] = useState(value);
  const [asked, setAsked] = useState(value);
  const search = useDebouncedCallback((words: string) => {
    setAsked(words);
    onSearch(words);
  }, PAUSE_MS);
  if (value !== asked) {
    setAsked(value);
    setText(value);
  }
  return (
    <TextInput
      type="search"
      className="search-field"
      aria-label={label}
      placeholder={label}
      maxLength={LONGEST}
      leftSection={<SearchIcon small />}
      value={text}
      onChange={({ currentTarget }) => {
        setText(currentTarget.value);
        search(currentTarget.value);
      }}
    />
  );
}
