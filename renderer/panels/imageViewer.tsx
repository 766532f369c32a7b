import { chooseImage, useBench } from '../store/bench.ts';
import { changeSettings, settingsOf, useViews } from '../store/views.ts';
import { Viewer } from '../viewer/Viewer.tsx';
import { type PanelProps, definePanel } from './define.ts';

export const imageViewer = definePanel({
  id: 'imageViewer',
  title: 'Image',
  description: 'An image as the network sees it, under its overlays',
  icon: 'image',
  several: true,
  component: ImageViewer,
});

/** The first viewer shows the image that is looked at; further ones keep an image of their own once one is chosen there. */
function ImageViewer({ id }: PanelProps) {
  const model = useBench((bench) => bench.model);
  const current = useBench((bench) => bench.image);
  const own = useViews((views) => settingsOf(views, id).image);
  const first = id === imageViewer.id;
  return (
    <div className="panel">
      <Viewer
        id={id}
        model={model}
        image={first ? current : (own ?? current)}
        onImage={(image) => (first ? chooseImage(image) : changeSettings(id, { image }))}
      />
    </div>
  );
}
