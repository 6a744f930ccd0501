// The last scores of a board in one small line; the dashes are the threshold.

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 128;
const HEIGHT = 28;
const POINTS = 64;
const TOP = 2; // thresholds; what is stranger stays at the top

const x = (k) => (k * WIDTH) / (POINTS - 1);
const y = (score) => 1 + (HEIGHT - 2) * (1 - Math.min(score, TOP) / TOP);

export function sparkline() {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  for (const name of ["threshold", "scores"]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("class", name);
    svg.append(path);
  }
  svg.firstElementChild?.setAttribute("d", `M0 ${y(1)}H${WIDTH}`);
  return svg;
}

sparkline.draw = (svg, scores) => {
  const start = POINTS - scores.length;
  const points = scores.map((score, k) => `${x(start + k).toFixed(1)} ${y(score).toFixed(1)}`);
  svg.lastChild.setAttribute("d", points.length > 1 ? `M${points.join("L")}` : "");
};
