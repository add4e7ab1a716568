import type {
  BitFlipSuspicion,
  CoreRow,
  EvidenceItem,
  EvidenceRef,
  ExceptionInFlight,
  StaleSignalFrameRow,
} from '../../shared/report.js';
import { hex, runtimeAddress } from '../base/addresses.js';
import type { BitFlip } from '../verdict/bitFlip.js';
import { siginfoOf } from '../verdict/frameSiginfo.js';
import type { Evidence } from '../verdict/evidence.js';
import type { Exception } from '../verdict/finding.js';
import type { Judgement } from '../verdict/judge.js';
import type { Inspection } from './openInspection.js';

/** What a verdict claims besides its reasons: the same in a row of triage and in the answer to a query. */
export type Claim = Pick<CoreRow, 'shift' | 'address' | 'exception' | 'bitFlip'> &
  Required<Pick<CoreRow, 'label' | 'kind' | 'confidence'>>;

/** A judgement as plain data, without what it rests on. */
export function claimOf({ label, kind, confidence, shift, address, exception, bitFlip }: Judgement): Claim {
  return {
    label,
    kind,
    confidence,
    ...(shift === undefined ? {} : { shift }),
    ...(address === undefined ? {} : { address }),
    ...(exception === undefined ? {} : { exception: exceptionRow(exception) }),
    ...(bitFlip === undefined ? {} : { bitFlip: bitFlipRow(bitFlip) }),
  };
}

/** @param frameOfRow for each row of the listed frames, its frame: evidence speaks of frames, the reader sees rows */
export function evidenceRows(evidence: readonly Evidence[], frameOfRow: readonly number[]): EvidenceItem[] {
  return evidence.map((item) => ({
    rule: item.rule,
    text: item.text,
    weight: item.weight,
    refs: item.refs.map((reference): EvidenceRef => {
      switch (reference.kind) {
        case 'register':
          return { register: reference.register };
        case 'slot':
          return { slot: hex(reference.address) };
        case 'frame':
          return { frame: Math.max(0, frameOfRow.indexOf(reference.index)) };
        case 'instruction':
          return { instruction: hex(reference.address) };
        case 'signalFrame':
          return { signalFrame: hex(reference.address) };
      }
    }),
  }));
}

export function staleRows(inspection: Inspection, judgement: Judgement): StaleSignalFrameRow[] {
  return judgement.crash.stale.map((frame) => {
    const pc = frame.registers.get(inspection.core.architecture?.programCounter ?? '') ?? 0n;
    const signal = siginfoOf(frame);
    const symbol = inspection.classifier?.codeName(runtimeAddress(pc));
    return {
      address: hex(frame.address),
      ...(signal === undefined ? {} : { signal: signal.number }),
      rip: hex(pc),
      ...(symbol === undefined ? {} : { symbol }),
    };
  });
}

/** An exception that was being delivered as plain data. */
function exceptionRow({ type, what, landingPad }: Exception): ExceptionInFlight {
  return {
    type,
    ...(what === undefined ? {} : { what }),
    ...(landingPad === undefined ? {} : { landingPad: hex(landingPad) }),
  };
}

/** A suspected flip as plain data. */
function bitFlipRow(flip: BitFlip): BitFlipSuspicion {
  return {
    bit: flip.bit,
    found: hex(flip.found),
    intended: hex(flip.intended),
    others: flip.others,
    ...(flip.neighbour === undefined ? {} : { neighbour: hex(flip.neighbour) }),
    suspicion: Math.round(flip.suspicion * 100) / 100,
  };
}
