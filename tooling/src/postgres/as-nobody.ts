/** `node as-nobody.ts <program> [arguments]`: becomes `nobody`, and then the program itself, in the same process. */
import { nobody } from './nobody.ts';

const [program, ...args] = process.argv.slice(2);
const user = nobody();
if (!program || !user || !process.execve) throw new Error('as-nobody.ts <program> [arguments], as root on a Unix');
process.setgroups?.([]);
process.setgid?.(user.gid);
process.setuid?.(user.uid);
process.execve(program, [program, ...args], process.env);
