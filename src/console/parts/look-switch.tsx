import { useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { DeviceIcon, MoonIcon, SunIcon } from "./icons.tsx";
import { Segments } from "./segments.tsx";

/** From light to dark and back. What is chosen stays in this browser. */
export function LookButton() {
  const { setColorScheme } = useMantineColorScheme();
  const other = useComputedColorScheme() === "dark" ? "light" : "dark";
  return (
    <button type="button" className="icon-button" onClick={() => setColorScheme(other)} title={`Use the ${other} look`}>
      {other === "dark" ? <MoonIcon /> : <SunIcon />}
      <span className="is-hidden-to-eyes">Use the {other} look</span>
    </button>
  );
}

const looks = [
  { value: "auto", words: "System", icon: <DeviceIcon small /> },
  { value: "light", words: "Light", icon: <SunIcon small /> },
  { value: "dark", words: "Dark", icon: <MoonIcon small /> },
] as const;

/** Light, dark, or as the device is set. */
export function LookChoice() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return <Segments title="Look" options={looks} value={colorScheme} onChoose={setColorScheme} />;
}
