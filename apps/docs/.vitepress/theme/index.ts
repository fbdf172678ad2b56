import DefaultTheme from 'vitepress/theme-without-fonts';
import type { Theme } from 'vitepress';
import { h } from 'vue';
import { EarlyExitPicture } from './early-exit-picture';
import './style.css';

const theme: Theme = {
  extends: DefaultTheme,
  Layout: () => h(DefaultTheme.Layout, null, { 'home-hero-after': () => h(EarlyExitPicture) }),
  enhanceApp: ({ app }) => void app.component('EarlyExitPicture', EarlyExitPicture),
};

export default theme;
