/** Deeper than any input of ours or of an adopted model: what comes after the parser recurses. */
const MAX_DEPTH = 32;

/**
 * `"__proto__":` and `"constructor":` as keys, however their letters are written. A text that quotes them has its quotes
 * escaped, so it does not match.
 */
const PROTOTYPE_KEY = new RegExp(`"(?:${['__proto__', 'constructor'].map(anyWritten).join('|')})"\\s*:`);

/** What is wrong with a JSON text before it is parsed; null when a parser may have it. Says nothing of its syntax. */
export function jsonProblem(text: string): string | null {
  if (isTooDeep(text)) return `must be nested at most ${MAX_DEPTH} deep`;
  if (PROTOTYPE_KEY.test(text)) return 'must not have keys that name a prototype';
  return null;
}

function anyWritten(word: string): string {
  const letters = word.split('').map((letter) => {
    const code = letter.charCodeAt(0).toString(16).padStart(4, '0');
    const digits = code.split('').map((digit) => (/[a-f]/.test(digit) ? `[${digit}${digit.toUpperCase()}]` : digit));
    return `(?:${letter}|\\\\u${digits.join('')})`;
  });
  return letters.join('');
}

function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const char = text[index];
    if (char === '"') index = endOfString(text, index);
    else if (char === '{' || char === '[') depth += 1;
    else if (char === '}' || char === ']') depth -= 1;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

/** Index of the quote that closes the string opened at `start`; the end of the text where none does. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end;
}

function isEscaped(text: string, index: number): boolean {
  let first = index;
  while (text[first - 1] === '\\') first -= 1;
  return (index - first) % 2 === 1;
}
