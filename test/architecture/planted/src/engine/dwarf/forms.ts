import { Decoder } from 'iced-x86';

export type Form = Decoder;
