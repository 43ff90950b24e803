/** Loads a script of another server into the page, once. The page's policy names the one origin that it may come from. */
export function loadScript(url: string): Promise<void> {
  const present = [...document.scripts].find((script) => script.src === url);
  if (present?.dataset["loaded"] === "yes") return Promise.resolve();
  const script = present ?? Object.assign(document.createElement("script"), { src: url, async: true });
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  script.addEventListener("load", () => {
    script.dataset["loaded"] = "yes";
    resolve(undefined);
  });
  script.addEventListener("error", () => {
    // The next try asks for it again.
    script.remove();
    reject(new Error(`${new URL(url).host} did not answer.`));
  });
  if (!present) document.head.append(script);
  return promise;
}
