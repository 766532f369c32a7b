import type { Attacker } from './attackers.ts';
import { type Ledger, shareOf } from './ledger.ts';
import { epsilonText, percentText, picturesText } from './wording.ts';

/** What the search for masked gradients looked at. */
export interface MaskingEvidence {
  readonly ledger: Ledger;
  readonly attackers: readonly Attacker[];
  readonly pictures: number;
  readonly classes: number;
  /** Pictures whose gradient is zero everywhere. */
  readonly zeroGradients: number;
  /** Pictures that nothing broke within an L∞ ball of 0.5, where that was tried: a grey picture lies in it. */
  readonly standingAtHalf: number | undefined;
}

/**
 * Signs that attacks fail for want of a gradient and not because the network is robust (Athalye et al. 2018, sec. 3.1; Carlini et
 * al. 2019), a sentence each.
 */
export function maskingSigns(evidence: MaskingEvidence): string[] {
  return [
    ...zeroGradients(evidence),
    ...singleStepAhead(evidence),
    ...noiseAhead(evidence),
    ...robustWithinHalf(evidence),
  ];
}

function zeroGradients({ zeroGradients: count, pictures }: MaskingEvidence): string[] {
  if (count === 0) return [];
  return [
    `The gradient of the loss is exactly zero for ${count} of ${picturesText(pictures)}: attacks that follow it cannot move there. Give a stage that rounds another backward pass, or use attacks without gradients.`,
  ];
}

/** The least ε at which `weaker` leaves fewer pictures than each of `stronger`, by more than the intervals of their shares explain. */
function reversedAt(
  { ledger }: MaskingEvidence,
  weaker: string,
  stronger: readonly string[],
): number | undefined {
  const isReversed = (epsilon: number): boolean => {
    const { share } = ledger.robust(epsilon, weaker);
    return stronger.every((series) => share < ledger.robust(epsilon, series).low);
  };
  return ledger.epsilons.find((epsilon) => epsilon > 0 && isReversed(epsilon));
}

function comparison({ ledger }: MaskingEvidence, epsilon: number, weaker: string, stronger: string): string {
  const [left, more] = [ledger.robust(epsilon, weaker), ledger.robust(epsilon, stronger)];
  return `At ε = ${epsilonText(epsilon)} ${weaker} leaves ${percentText(left.share)} of the pictures and ${stronger} ${percentText(more.share)} (95 % interval from ${percentText(more.low)})`;
}

function singleStepAhead(evidence: MaskingEvidence): string[] {
  const title = (id: string): string | undefined =>
    evidence.attackers.find((attacker) => attacker.id === id)?.title;
  const [fgsm, pgd] = [title('fgsm'), title('pgd')];
  if (fgsm === undefined || pgd === undefined) return [];
  const epsilon = reversedAt(evidence, fgsm, [pgd]);
  if (epsilon === undefined) return [];
  return [
    `${comparison(evidence, epsilon, fgsm, pgd)}: one step should not be stronger than many. Take more steps and starts, or look for masked gradients.`,
  ];
}

function noiseAhead(evidence: MaskingEvidence): string[] {
  const noise = evidence.attackers.find(({ id }) => id === 'noise');
  const others = evidence.attackers.filter(({ id }) => id !== 'noise').map(({ title }) => title);
  const [first] = others;
  if (noise === undefined || first === undefined) return [];
  const epsilon = reversedAt(evidence, noise.title, others);
  if (epsilon === undefined) return [];
  return [
    `${comparison(evidence, epsilon, noise.title, first)}: gradients lead attacks astray where chance does better.`,
  ];
}

function robustWithinHalf({ standingAtHalf, pictures, classes }: MaskingEvidence): string[] {
  if (standingAtHalf === undefined) return [];
  const { share, low } = shareOf(standingAtHalf, pictures);
  if (low <= 1 / classes) return [];
  return [
    `${percentText(share)} of the pictures withstand PGD in the L∞ ball of 0.5, where every picture can be made grey; chance would be ${percentText(1 / classes)}. The attacks fail, the network is not that robust.`,
  ];
}
