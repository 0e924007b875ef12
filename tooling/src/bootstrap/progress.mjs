const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const spinMs = 100;

/**
 * @typedef {object} Progress
 * @property {(text: string) => void} note a line of its own
 * @property {(label: string) => void} begin
 * @property {(label: string, ok: boolean) => void} end says nothing of a step that failed: its failure is said elsewhere
 */

/**
 * What the set-up is doing, on standard error: a live line on a terminal, plain lines elsewhere. Says nothing when there is
 * nothing to do.
 * @param {Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns'>} stream
 * @param {{ headline?: string, stillMs?: number }} [options] headline: said once, before the first step; stillMs: how often,
 *   where there is no terminal, a long step is said to go on
 * @returns {Progress}
 */
export const createProgress = (stream, { headline, stillMs = 15_000 } = {}) => {
  /** @type {Map<string, number>} label → start */
  const active = new Map();
  let timer;
  let frame = 0;
  let announced = false;
  const colour = stream.isTTY && !process.env.NO_COLOR;
  const green = (text) => (colour ? `\x1b[32m${text}\x1b[39m` : text);
  const dim = (text) => (colour ? `\x1b[2m${text}\x1b[22m` : text);
  const elapsed = (since, digits = 0) => `${((performance.now() - since) / 1000).toFixed(digits)} s`;
  const clear = () => stream.isTTY && stream.write('\r\x1b[K');
  const line = (text) => {
    clear();
    stream.write(`${text}\n`);
  };
  const draw = () => {
    frame += 1;
    const doing = [...active].map(([label, since]) => `${label} ${elapsed(since)}`).join(' · ');
    const text = `  ${frames[frame % frames.length]} ${doing}`;
    stream.write(`\r\x1b[K${text.slice(0, (stream.columns ?? 80) - 1)}`);
  };
  const still = () => {
    const long = [...active].filter(([, since]) => performance.now() - since > stillMs / 2);
    for (const [label, since] of long) line(`  … ${label}: still at it after ${elapsed(since)}`);
  };
  return {
    note: line,
    begin: (label) => {
      if (headline && !announced) line(dim(headline));
      announced = true;
      active.set(label, performance.now());
      if (!stream.isTTY) line(`  … ${label}`);
      timer ??= setInterval(stream.isTTY ? draw : still, stream.isTTY ? spinMs : stillMs);
    },
    end: (label, ok) => {
      const since = active.get(label) ?? performance.now();
      active.delete(label);
      if (active.size === 0) {
        clearInterval(timer);
        timer = undefined;
      }
      clear();
      if (ok) line(`  ${green('✓')} ${label} ${dim(elapsed(since, 1))}`);
    },
  };
};
