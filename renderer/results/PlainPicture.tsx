import type { PictureBlob } from '../../core/protocol/resultView.ts';

interface PlainPictureProps {
  readonly picture: PictureBlob;
  readonly label: string;
  /** The longer side in CSS pixels; as wide as there is room unless told. */
  readonly side?: number;
}

/** A picture of a result with sharp pixels; its file can be dragged out or saved. */
export function PlainPicture({ picture, label, side }: PlainPictureProps) {
  const { width, height, url, name } = picture;
  const scale = side === undefined ? undefined : side / Math.max(width, height);
  return (
    <img
      className="plain-picture"
      src={url}
      alt={label}
      title={`${name} · ${width} × ${height}`}
      loading="lazy"
      style={
        scale === undefined
          ? { width: '100%', aspectRatio: `${width} / ${height}` }
          : { width: width * scale, height: height * scale, maxWidth: '100%' }
      }
    />
  );
}
