// Where values lie on the screen, and round numbers between two ends.

/** As matplotlib's symlog: even up to 1, by powers of ten beyond. */
const LINEAR = 10 / 9;
const symlog = (v) => (Math.abs(v) <= 1 ? v * LINEAR : Math.sign(v) * (LINEAR + Math.log10(Math.abs(v))));
const unsymlog = (t) => (Math.abs(t) <= LINEAR ? t / LINEAR : Math.sign(t) * 10 ** (Math.abs(t) - LINEAR));

/** A scale from values between two ends to pixels between two places, and back. */
export function scaleOf(axis, [low, high], [from, to]) {
  const [there, back] = axis.scale === "symlog" ? [symlog, unsymlog] : [Number, Number];
  const [first, last] = (axis.reversed ? [high, low] : [low, high]).map(there);
  const span = last - first || 1;
  const of = (value) => from + ((there(value) - first) / span) * (to - from);
  of.value = (place) => back(first + ((place - from) / (to - from)) * span);
  return of;
}

/** Round numbers between two ends, about so many. */
function rounds(low, high, about) {
  const rough = (high - low) / about;
  if (!(rough > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= rough * (1 - 1e-9));
  const found = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++) found.push(Number((i * step).toPrecision(12)));
  return found;
}

export const shown = (value) => String(value).replace("-", "−");

/** Every how many of named places can be shown: none is left out that its neighbors leave room for. */
function everyThatFits(seen, room, pixelsEach) {
  const fits = (every) =>
    seen.every(([at, word], i) => {
      const next = i % every ? undefined : seen[i + every];
      return !next || Math.abs(next[0] - at) * pixelsEach >= (room(word) + room(next[1])) / 2;
    });
  let every = 1;
  while (!fits(every)) every += 1;
  return every;
}

/** Places with words: those that the axis names, else round numbers; as many as there is room for. `room` is that of a word. */
export function ticksOf(axis, [low, high], pixels, apart, room) {
  if (axis.ticks) {
    const seen = axis.ticks.filter(([at]) => at >= low && at <= high);
    const every = room ? everyThatFits(seen, room, pixels / (high - low)) : Math.max(1, Math.ceil((seen.length * apart) / Math.max(pixels, 1)));
    return seen.filter((_, i) => i % every === 0);
  }
  if (axis.scale === "symlog") return [0, 1, 10, 100, 1e3, 1e4, 1e5].filter((t) => t >= low && t <= high).map((t) => [t, shown(t)]);
  const about = Math.max(2, Math.min(8, Math.floor(pixels / (2.2 * apart))));
  return rounds(low, high, about).map((t) => [t, shown(t)]);
}

/** A course of numbers, which may be said by its start and step. */
export function numbersOf(said) {
  if (said === undefined || Array.isArray(said)) return said ?? [];
  return Array.from({ length: said.count }, (_, i) => said.from + i * said.step);
}
