// Runs a file of unknown origin in a process of its own; see start-probe.ts.
import { answerQuestions } from '@earlyexit/core/node';
import { importRuntime, type RuntimeSession } from './import-runtime';
import type { FoldQuestion } from './start-probe';
import { surveyNetwork, type SurveyQuestion } from './survey/survey-network';

await answerQuestions<FoldQuestion | SurveyQuestion>(async () => {
  const { InferenceSession, Tensor } = await importRuntime();
  const open = (path: string, options: object): Promise<RuntimeSession> =>
    InferenceSession.create(path, {
      logSeverityLevel: 4,
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      ...options,
    });

  /** onnxruntime's own basic optimisation: shapes that depend on constants are gone, normalisation is folded. */
  const fold = async ({ file, folded }: FoldQuestion): Promise<object> => {
    const session = await open(file, { graphOptimizationLevel: 'basic', optimizedModelFilePath: folded });
    await session.release();
    return {};
  };

  return {
    ready: {},
    answer: (question) => ('folded' in question ? fold(question) : surveyNetwork(question, { open, Tensor })),
  };
});
