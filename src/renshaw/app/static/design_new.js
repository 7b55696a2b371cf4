// New design: a person of her own needs no condition.

import { making } from "./runs/making.js";

const posterior = document.getElementById("posterior");
const whom = document.getElementById("whom");
const show = () => (whom.hidden = Boolean(posterior?.value));
posterior?.addEventListener("change", show);
show();

making("design");
