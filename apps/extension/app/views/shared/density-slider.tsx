import { type Density, densities } from '../../core/density.ts';
import { text } from '../../platform/words.ts';

interface DensitySliderProps {
  readonly density: Density;
  readonly onChange: (density: Density) => void;
}

export const DensitySlider = ({ density, onChange }: DensitySliderProps) => (
  <label className="density">
    <span className="quiet">{text('fewer')}</span>
    <input
      type="range"
      min={densities[0]}
      max={densities.length}
      step={1}
      value={density}
      aria-label={text('howMuch')}
      onChange={(event) => onChange(Number(event.target.value) as Density)}
    />
    <span className="quiet">{text('more')}</span>
  </label>
);
