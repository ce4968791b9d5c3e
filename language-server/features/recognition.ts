/** Requests of HartHop's own: whose assembly a text is, so that editors take it for the right language. */
import type { Recognised } from '../messages.js';
import { recognise } from '../syntax/recognise.js';
import type { Feature } from './feature.js';

export const recognition: Feature = {
  capabilities: {},
  register(connection) {
    connection.onRequest('harthop/recognise', ({ text }: { text: string }): Recognised => {
      const architecture = recognise(text);
      return architecture ? { architecture } : {};
    });
  },
};
