import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';

use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

type Colours = Readonly<Record<'ink' | 'quiet' | 'line' | 'surface' | 'good' | 'wrong' | 'focus' | 'marker', string>>;

/** The page's own, in the scheme that is in force. */
function coloursOf(element: Element): Colours {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    ink: colour('ink'),
    quiet: colour('quiet'),
    line: colour('line'),
    surface: colour('surface'),
    good: colour('good'),
    wrong: colour('wrong'),
    focus: colour('focus'),
    marker: colour('marker'),
  };
}

interface ChartProps {
  /** What it shows, for whoever does not see it. */
  readonly label: string;
  readonly height?: number;
  readonly option: (colours: Colours) => EChartsCoreOption;
}

const common = ({ ink, quiet, line, surface }: Colours): EChartsCoreOption => ({
  animation: false,
  textStyle: { color: quiet, fontFamily: 'inherit' },
  grid: { left: 8, right: 8, top: 32, bottom: 0, containLabel: true },
  legend: { top: 0, left: 0, icon: 'roundRect', itemWidth: 12, itemHeight: 8, textStyle: { color: ink } },
  // As SVG: the page's policy allows no style within markup.
  tooltip: {
    trigger: 'axis',
    renderMode: 'richText',
    backgroundColor: surface,
    borderColor: line,
    textStyle: { color: ink, fontSize: 12 },
  },
});

/** A picture of figures. It follows the width of its place and the scheme of the page. */
export function Chart({ label, height = 180, option }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const latest = useRef(option);
  const paint = useRef<() => void>(null);
  useEffect(() => {
    latest.current = option;
    paint.current?.();
  }, [option]);
  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const chart = init(element, null, { renderer: 'svg', height });
    const draw = () => {
      const colours = coloursOf(element);
      chart.setOption({ ...common(colours), ...latest.current(colours) }, { notMerge: true });
    };
    paint.current = draw;
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', draw);
    const sized = new ResizeObserver(() => chart.resize());
    sized.observe(element);
    draw();
    return () => {
      paint.current = null;
      scheme.removeEventListener('change', draw);
      sized.disconnect();
      chart.dispose();
    };
  }, [height]);
  // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- it is drawn in its place, not loaded
  return <div ref={place} className="chart" role="img" aria-label={label} />;
}
