// New design.

import { making } from "./runs/making.js";

making("design");
