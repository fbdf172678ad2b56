import DefaultTheme from 'vitepress/theme-without-fonts';
import type { Theme } from 'vitepress';
import { defineAsyncComponent, h } from 'vue';
import { EarlyExitPicture } from './early-exit-picture';
import './methods/figures-table.css';
import './methods/rows.css';
import './style.css';

const theme: Theme = {
  extends: DefaultTheme,
  Layout: () => h(DefaultTheme.Layout, null, { 'home-hero-after': () => h(EarlyExitPicture) }),
  enhanceApp: ({ app }) => {
    app.component('EarlyExitPicture', EarlyExitPicture);
    // Loaded by the pages that show them, and no others.
    app.component(
      'DrawDigit',
      defineAsyncComponent(() => import('./live/digit/draw-digit')),
    );
    app.component(
      'CriterionPicture',
      defineAsyncComponent(async () => (await import('./methods/criterion-picture')).CriterionPicture),
    );
    app.component(
      'CriterionGallery',
      defineAsyncComponent(async () => (await import('./methods/criterion-picture')).CriterionGallery),
    );
    app.component(
      'ReproductionCurves',
      defineAsyncComponent(() => import('./methods/reproduction-curves')),
    );
    app.component(
      'WhyItWorks',
      defineAsyncComponent(() => import('./live/boundary/why-it-works')),
    );
    app.component(
      'AttachExits',
      defineAsyncComponent(() => import('./live/layers/attach-exits')),
    );
    app.component(
      'BringAModel',
      defineAsyncComponent(() => import('./live/model/bring-a-model')),
    );
    app.component(
      'ThresholdsByHand',
      defineAsyncComponent(() => import('./live/thresholds/thresholds-by-hand')),
    );
  },
};

export default theme;
