const words = (line: string): readonly string[] => line.split(' ');

const SHORT = words(
  'the of and to in a is that for it as was with be by on not he his but at are this have from or had an they which one you were all her she there would their we him been has when who will no more if out so up said what its about than into them can only other time new some could these two may first then do any like my now over such our man me even most made after also did many off before must well back through years much where way down should because long each just state those people too little good world',
);
const LONG = words(
  'government information development experience community university international important different education situation department production management technology president available political including individual particular following something population environment performance relationship traditional professional significant organization opportunity communication responsibility understanding knowledge everything throughout independent commercial considered',
);
/** The model's vocabulary holds none of these whole: it cuts each into three to seven tokens. */
const RARE = words(
  'photosynthesis gentrification counterfactual epistemological reupholstered microclimates disenfranchised crystallography unremunerated hydroponics idiosyncratically bioluminescent decarbonisation interoperability orthographic nomenclatures recalibrating paleontologists intergenerational electrolysers thoroughfares misattribution sedimentologists watercolourists phosphorescence overdetermined sacrosanctity',
);

/** An author's way of writing. It decides how many tokens a character is, which no measure of length can know. */
interface Style {
  readonly long: number;
  readonly rare: number;
  readonly wordsPerSentence: number;
}

/**
 * A text of at least so many characters and at most one sentence more, in a style of its own. The styles are as far apart
 * as those of printed English prose: tokens a character lie between 0.89 and 1.15 of their median for nine texts of ten.
 */
export function textOf(chars: number, random: () => number): string {
  const style: Style = { long: 0.16 * random(), rare: 0.08 * random() ** 2, wordsPerSentence: 9 + 18 * random() };
  let text = '';
  for (let sentences = 1; text.length < chars; sentences++)
    text += sentenceOf(style, random) + (sentences % 5 === 0 ? '\n\n' : ' ');
  return text.trimEnd();
}

function sentenceOf({ long, rare, wordsPerSentence }: Style, random: () => number): string {
  const pick = (from: readonly string[]): string => from[Math.floor(random() * from.length)] ?? '';
  // The sum of three is bell-shaped: most sentences are near their author's mean, a few half or twice as long.
  const count = Math.max(5, Math.round((wordsPerSentence * 2 * (random() + random() + random())) / 3));
  const chosen = Array.from({ length: count }, () => {
    const kind = random();
    return pick(kind < rare ? RARE : kind < rare + long ? LONG : SHORT) + (random() < 0.08 ? ',' : '');
  });
  const body = chosen.join(' ').replace(/,$/, '');
  return `${body.charAt(0).toUpperCase()}${body.slice(1)}.`;
}
