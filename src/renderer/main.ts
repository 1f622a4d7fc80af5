import { mount } from 'svelte'
import App from './App.svelte'
import { openBridge } from './bridge.ts'
import './styles/fonts.css'
import './styles/tokens.css'
import './styles/base.css'

mount(App, { target: document.body, props: { bridge: openBridge() } })
