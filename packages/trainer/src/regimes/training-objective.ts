/** What an exit minimises: the cross-entropy of its softmax, or ½ Σ (output − target)² over the classes. */
export type TrainingObjective = 'cross-entropy' | 'squared-error';
