import cards from '../models/cards.json';
import type { PretrainedCard } from './pretrained-card';

/** The trained networks that ship, by name. */
export function listPretrained(): readonly PretrainedCard[] {
  return cards as unknown as readonly PretrainedCard[];
}
