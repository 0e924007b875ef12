/** Paragraphs of real sentences that differ from each other, as many as a page needs. */
const subjects = [
  ['The lighthouse', 'ships that come home in winter', 'its keeper climbs two hundred steps'],
  ['A coral reef', 'fish that hide from the current', 'one warm summer can bleach it'],
  ['The night train', 'people who sleep between two cities', 'its dining car serves soup until midnight'],
  ['A glacier', 'rivers that water the fields below', 'it moves a hand’s breadth every day'],
  ['The town library', 'children who read on the stairs', 'its oldest map shows a coast that is gone'],
  ['A sourdough starter', 'bakers who rise before dawn', 'it lives on nothing but flour and water'],
  ['The observatory', 'astronomers who wait for clear nights', 'its mirror is cleaned once a year'],
  ['A beehive', 'orchards within three miles', 'its scouts argue by dancing'],
] as const;
const claims = [
  ['serves', 'For centuries', 'which is why nobody wants to lose it'],
  ['shelters', 'More often than one would think', 'although its upkeep costs more each year'],
  ['connects', 'Since the railway came', 'and the records of every year prove it'],
  ['changes', 'Slowly but surely', 'as every measurement since the war has shown'],
  ['outlives', 'In most cases', 'while everything around it is built anew'],
] as const;

const paragraph = (n: number): string => {
  const [subject, object, fact] = subjects[n % subjects.length] ?? subjects[0];
  const [verb, when, why] = claims[n % claims.length] ?? claims[0];
  return [
    `${subject} number ${n} ${verb} ${object}, ${why}.`,
    `${when}, visitors have written about it in letter ${n}.`,
    `It is known that ${fact}.`,
    `Chapter ${n} of its chronicle tells of a storm, and of those who stayed.`,
    `Was it worth the trouble?`,
  ].join(' ');
};

export const paragraphs = (count: number, from = 0): string[] => Array.from({ length: count }, (_, n) => paragraph(from + n));
