/** Written for this extension, so that somebody without a text at hand sees what it does. */
export const exampleText = `A honeybee colony decides where to live by argument. In late spring, when the hive grows crowded, the old queen leaves with half of the workers and hangs in a cluster from a branch. The weather may be fine, and passers-by stop to look. A few hundred of the oldest bees, the scouts, fly out to search for hollow trees.

A scout that finds a cavity inspects it for up to an hour, walking its walls to measure the volume. Back at the cluster she dances, and the angle and length of her dance tell the others where the site lies. The better the site, the more often she repeats the dance. Other scouts follow the directions, look for themselves, and dance in turn only if they agree.

Each scout dances less with every return, so an opinion that is not renewed by new witnesses fades away. Scouts for rival sites also butt against each other and beep, which stops the dance of the other side. It is a noisy affair. No bee compares the sites, and none knows how the vote stands.

The decision falls at the site rather than in the swarm: as soon as about thirty scouts are there at the same time, they return and signal the cluster to warm up its wings. Within an hour ten thousand bees lift off together. In most trials the swarm picks the best site that any of its scouts has found. Engineers have borrowed the rule for fleets of robots that must agree without a leader.`;
