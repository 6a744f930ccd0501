// Light, dark, or as the system has it. Loaded first, so that the page never flashes in the wrong one.

const THEMES = ["auto", "light", "dark"];
const SAID = { auto: "as the system", light: "light", dark: "dark" };
const KEY = "judder-theme";

const system = matchMedia("(prefers-color-scheme: dark)");
let theme = localStorage.getItem(KEY) ?? "auto";
apply();

export function startTheme(onChange) {
  const button = /** @type {HTMLElement} */ (document.querySelector("#theme"));
  const show = () => {
    button.textContent = `◐ ${theme}`;
    button.setAttribute("aria-label", `Colours: ${SAID[theme]}`);
  };
  const change = () => {
    apply();
    show();
    onChange();
  };
  button.addEventListener("click", () => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
    localStorage.setItem(KEY, theme);
    change();
  });
  system.addEventListener("change", change);
  show();
}

function apply() {
  const ofSystem = system.matches ? "dark" : "light";
  document.documentElement.dataset.theme = theme === "auto" ? ofSystem : theme;
}
