import { useEffect, useState } from 'react';
import { type Colour, colours, markerOf } from '../../core/colours.ts';
import { type Density } from '../../core/density.ts';
import { colourStore, densityStore } from '../../platform/preferences.ts';
import { text } from '../../platform/words.ts';
import { Choice } from '../shared/choice.tsx';
import { DensitySlider } from '../shared/density-slider.tsx';
import { Phrase } from '../shared/phrase.tsx';

const names = { yellow: 'colourYellow', green: 'colourGreen', blue: 'colourBlue', pink: 'colourPink' } as const satisfies Record<
  Colour,
  string
>;
const options = colours.map((value) => ({ value, text: text(names[value]) }));

/** How pages are marked from now on. */
export const MarkOptions = () => {
  const [density, setDensity] = useState<Density | null>(null);
  const [colour, setColour] = useState<Colour | null>(null);
  useEffect(() => {
    void densityStore.read().then(setDensity);
    void colourStore.read().then(setColour);
  }, []);
  if (density === null || colour === null) return null;
  const changeDensity = (next: Density): void => {
    setDensity(next);
    void densityStore.write(next);
  };
  const changeColour = (next: Colour): void => {
    setColour(next);
    void colourStore.write(next);
  };
  return (
    <section>
      <h2>{text('optionsMarks')}</h2>
      <div className="setting">
        <span aria-hidden>{text('howMuch')}</span>
        <DensitySlider density={density} onChange={changeDensity} />
      </div>
      <Choice label={text('optionsColour')} value={colour} options={options} onChange={changeColour} />
      <p className="sample">
        <Phrase say="optionsSample">
          <mark style={{ background: markerOf[colour].mark }}>{text('optionsSampleMarked')}</mark>
        </Phrase>
      </p>
      <p className="quiet">{text('optionsSaved')}</p>
    </section>
  );
};
