interface SwipeHandleProps {
  /** 0 to 1. */
  readonly position: number;
  readonly onMove: (position: number) => void;
}

const keyStep = 0.02;

/** The line that divides a swiped view; arrow keys move it, too. */
export function SwipeHandle({ position, onMove }: SwipeHandleProps) {
  const move = (to: number): void => onMove(Math.min(1, Math.max(0, to)));
  return (
    <button
      type="button"
      className="swipe-handle"
      role="slider"
      aria-label="Division of the view"
      aria-valuenow={Math.round(position * 100)}
      aria-valuemin={0}
      aria-valuemax={100}
      style={{ left: `${position * 100}%` }}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={(event) => {
        const box = event.currentTarget.parentElement?.getBoundingClientRect();
        if (box === undefined || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
        move((event.clientX - box.left) / box.width);
      }}
      onKeyDown={(event) => {
        if (event.key === 'ArrowLeft') move(position - keyStep);
        else if (event.key === 'ArrowRight') move(position + keyStep);
        else return;
        event.stopPropagation();
      }}
    />
  );
}
