import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';

use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

type Colours = Readonly<Record<'ink' | 'quiet' | 'line' | 'surface' | 'good' | 'wrong' | 'focus' | 'font', string>>;

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
    font: style.fontFamily,
  };
}

const HEIGHT_PX = 190;

interface ChartProps {
  /** What it shows, for whoever does not see it. */
  readonly label: string;
  readonly series: (colours: Colours) => readonly object[];
  /** Along the bottom. */
  readonly names: readonly string[];
  /** How a figure is written. */
  readonly format: (value: number) => string;
}

const common = ({ ink, line, surface, font }: Colours): EChartsCoreOption => ({
  animation: false,
  textStyle: { fontFamily: font },
  grid: { left: 0, right: 8, top: 36, bottom: 0, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
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

const axes = ({ quiet, line }: Colours, { names, format }: Pick<ChartProps, 'names' | 'format'>): EChartsCoreOption => {
  const axisLabel = { color: quiet };
  return {
    xAxis: { type: 'category', data: names, axisLabel, axisTick: { show: false }, axisLine: { lineStyle: { color: quiet } } },
    yAxis: { type: 'value', axisLabel: { ...axisLabel, formatter: format }, splitLine: { lineStyle: { color: line } } },
  };
};

/** A picture of figures. It follows the width of its place and the scheme of the page. */
export function Chart({ label, series, names, format }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const latest = useRef({ series, names, format });
  const paint = useRef<() => void>(null);
  useEffect(() => {
    latest.current = { series, names, format };
    paint.current?.();
  }, [series, names, format]);
  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const chart = init(element, null, { renderer: 'svg', height: HEIGHT_PX });
    const draw = () => {
      const colours = coloursOf(element);
      const drawn = { ...common(colours), ...axes(colours, latest.current), series: latest.current.series(colours) };
      chart.setOption(drawn, { notMerge: true });
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
  }, []);
  // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- it is drawn in its place, not loaded
  return <div ref={place} className="chart" role="img" aria-label={label} />;
}
