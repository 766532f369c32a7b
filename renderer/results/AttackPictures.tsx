import { useMemo } from 'react';
import type { ResultViewOf, SubjectView } from '../../core/protocol/resultView.ts';
import { Problem } from '../components/Problem.tsx';
import { arrayOf, pictureOf } from '../store/content.ts';
import { useLoaded } from '../store/useLoaded.ts';
import { ImageCanvas } from '../viewer/ImageCanvas.tsx';
import { ReadoutLine } from '../viewer/ReadoutLine.tsx';
import { imageOf, pictureDifference } from '../viewer/arrays.ts';
import { defaultDisplay } from '../viewer/displayDefaults.ts';
import type { Layer } from '../viewer/layer.ts';
import type { Scene } from '../viewer/scene.ts';

interface AttackPicturesProps {
  readonly subject: SubjectView;
  readonly adversarial: ResultViewOf<'image'>;
  readonly perturbation: ResultViewOf<'image'>;
}

const viewKey = 'attack';

/** Original, perturbation and result side by side, zoomed together, with the change in levels under the cursor. */
export function AttackPictures({ subject, adversarial, perturbation }: AttackPicturesProps) {
  const { input } = subject;
  const key = input === undefined ? undefined : `${input.sha256} ${adversarial.image.sha256}`;
  const loaded = useLoaded(
    key,
    async () => {
      if (input === undefined) throw new Error('This attack has no picture.');
      const [original, attacked, drawn] = await Promise.all([
        pictureOf(input),
        arrayOf(adversarial.image),
        pictureOf(perturbation.picture),
      ]);
      return { original, drawn, attacked: imageOf(attacked, adversarial.image.sha256) };
    },
    true,
  );
  const scenes = useMemo(() => {
    if (loaded.value === undefined) return undefined;
    const { original, drawn, attacked } = loaded.value;
    const bare = (base: Scene['base']): Scene => ({ base, layers: [], greyBase: false });
    return [
      { title: 'Original', scene: bare(original) },
      { title: 'Perturbation ×10, mid-grey is no change', scene: bare(drawn) },
      { title: 'Adversarial, as saved', scene: bare(attacked) },
    ];
  }, [loaded.value]);
  const change = useMemo((): readonly Layer[] => {
    if (loaded.value === undefined) return [];
    const plane = pictureDifference(loaded.value.attacked, loaded.value.original);
    return [
      {
        id: 'change',
        key: `change ${loaded.value.attacked.key}`,
        title: 'change in levels (mean of RGB)',
        plane,
        signed: true,
        display: defaultDisplay(plane, true),
      },
    ];
  }, [loaded.value]);
  if (loaded.error !== undefined) return <Problem sentence={loaded.error} />;
  if (scenes === undefined || loaded.value === undefined) return null;
  return (
    <>
      <div className="attack-pictures">
        {scenes.map(({ title, scene }) => (
          <div key={title} style={{ position: 'relative', display: 'flex', flex: 1, minWidth: 0 }}>
            <ImageCanvas scenes={[scene]} viewKey={viewKey} viewer={`attack ${title}`} label={title} />
            <span className="canvas-label">{title}</span>
          </div>
        ))}
      </div>
      <ReadoutLine base={loaded.value.original} layers={change} viewKey={viewKey} />
    </>
  );
}
