import { SetupFailure } from './failure.mjs';
import { run } from './run.mjs';

const names = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python'];
const oldest = [3, 11];
const remedy =
  'install it (Debian and Ubuntu: `apt install python3 python3-pip`; others: https://www.python.org/downloads), then run the same command again.';

/** The path of the first Python on the PATH that is new enough; a clear failure when there is none. */
export const findPython = async () => {
  const seen = [];
  for (const name of names) {
    const { ok, output } = await run(name, ['-c', 'import sys; print(*sys.version_info[:3]); print(sys.executable)']);
    const [version, executable] = output.trim().split('\n');
    if (!ok || !version || !executable) continue;
    const [major, minor] = version.split(' ').map(Number);
    if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return executable;
    seen.push(version.replaceAll(' ', '.'));
  }
  const found = seen.length > 0 ? ` (this machine has ${seen.join(' and ')})` : '';
  throw new SetupFailure(`Python ${oldest.join('.')} or later is missing${found}, and the model runs in it: ${remedy}`);
};
