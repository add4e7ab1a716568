import { readFileSync } from 'node:fs';
import { Decoder } from 'iced-x86';
import { word } from '../engine/values/wordReader.js';
import type { Session } from '../session/session.js';

export const files = [readFileSync, Decoder, word] as Session;
import '@duckdb/node-api';
import 'hyparquet';
import 'hyparquet-writer';
import 'yaml';
import 'http-proxy-agent';
import 'https-proxy-agent';
