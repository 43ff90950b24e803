/**
 * The site's one script: gives each value to paste a button that copies it. Without the script, or without a clipboard,
 * the value is there to be marked by hand. What is copied is told in a status that a screen reader reads.
 */
export const copyScript = `
const SHOWN_MS = 2000;

function addButton(block) {
  const value = block.querySelector("code");
  const button = document.createElement("button");
  const status = document.createElement("span");
  button.type = "button";
  button.className = "copy";
  button.setAttribute("aria-label", "Copy " + block.dataset.copy);
  button.textContent = "Copy";
  status.className = "unseen";
  status.setAttribute("role", "status");
  let timer;
  const tell = (word, sentence) => {
    clearTimeout(timer);
    button.textContent = word;
    status.textContent = sentence;
    timer = setTimeout(() => {
      button.textContent = "Copy";
      status.textContent = "";
    }, SHOWN_MS);
  };
  button.addEventListener("click", () => {
    navigator.clipboard.writeText(value.textContent).then(
      () => tell("Copied", "Copied " + block.dataset.copy),
      () => {
        getSelection().selectAllChildren(value);
        tell("Marked", "Marked; press Ctrl and C to copy");
      },
    );
  });
  block.append(button, status);
}

if (navigator.clipboard) document.querySelectorAll("[data-copy]").forEach(addButton);
`.trimStart();
