import type { DebugProtocol as P } from '@vscode/debugprotocol';
import type { RequestHandler, Requests } from '../protocol.js';
import { attach } from './attach.js';
import { breakpointLocations } from './breakpointLocations.js';
import { cancel } from './cancel.js';
import { completions } from './completions.js';
import { configurationDone } from './configurationDone.js';
import { continueRequest } from './continue.js';
import { dataBreakpointInfo } from './dataBreakpointInfo.js';
import { disassemble } from './disassemble.js';
import { disconnect } from './disconnect.js';
import { evaluate } from './evaluate.js';
import { exceptionInfo } from './exceptionInfo.js';
import { goTo } from './harthop/goTo.js';
import { saveRecording } from './harthop/saveRecording.js';
import { stepBackInto } from './harthop/stepBackInto.js';
import { stepBackOut } from './harthop/stepBackOut.js';
import { setLane } from './harthop/setLane.js';
import { vector } from './harthop/vector.js';
import { goto } from './goto.js';
import { gotoTargets } from './gotoTargets.js';
import { places } from './harthop/places.js';
import { timeline } from './harthop/timeline.js';
import { trace } from './harthop/trace.js';
import { focus } from './harthop/focus.js';
import { freeze } from './harthop/freeze.js';
import { harts } from './harthop/harts.js';
import { previousMigration } from './harthop/previousMigration.js';
import { nextMigration } from './harthop/nextMigration.js';
import { queues } from './harthop/queues.js';
import { tasks } from './harthop/tasks.js';
import { initialize } from './initialize.js';
import { launch } from './launch.js';
import { loadedSources } from './loadedSources.js';
import { locations } from './locations.js';
import { modules } from './modules.js';
import { next } from './next.js';
import { pause } from './pause.js';
import { readMemory } from './readMemory.js';
import { restart } from './restart.js';
import { restartFrame } from './restartFrame.js';
import { reverseContinue } from './reverseContinue.js';
import { scopes } from './scopes.js';
import { setBreakpoints } from './setBreakpoints.js';
import { setDataBreakpoints } from './setDataBreakpoints.js';
import { setExceptionBreakpoints } from './setExceptionBreakpoints.js';
import { setExpression } from './setExpression.js';
import { setFunctionBreakpoints } from './setFunctionBreakpoints.js';
import { setInstructionBreakpoints } from './setInstructionBreakpoints.js';
import { setVariable } from './setVariable.js';
import { source } from './source.js';
import { stackTrace } from './stackTrace.js';
import { stepBack } from './stepBack.js';
import { stepIn } from './stepIn.js';
import { stepInTargets } from './stepInTargets.js';
import { stepOut } from './stepOut.js';
import { terminate } from './terminate.js';
import { threads } from './threads.js';
import { variables } from './variables.js';
import { writeMemory } from './writeMemory.js';

/** Every request that is served, by its command. */
export const requests: { readonly [C in keyof Requests]: RequestHandler<C> } = {
  initialize,
  launch,
  attach,
  configurationDone,
  disconnect,
  terminate,
  restart,
  cancel,
  threads,
  stackTrace,
  scopes,
  variables,
  setVariable,
  setExpression,
  evaluate,
  locations,
  completions,
  source,
  loadedSources,
  modules,
  setBreakpoints,
  breakpointLocations,
  setFunctionBreakpoints,
  setInstructionBreakpoints,
  dataBreakpointInfo,
  setDataBreakpoints,
  setExceptionBreakpoints,
  exceptionInfo,
  continue: continueRequest,
  stepInTargets,
  gotoTargets,
  goto,
  pause,
  next,
  stepIn,
  stepOut,
  stepBack,
  reverseContinue,
  restartFrame,
  disassemble,
  readMemory,
  writeMemory,
  'harthop/goTo': goTo,
  'harthop/saveRecording': saveRecording,
  'harthop/stepBackInto': stepBackInto,
  'harthop/stepBackOut': stepBackOut,
  'harthop/vector': vector,
  'harthop/setLane': setLane,
  'harthop/timeline': timeline,
  'harthop/places': places,
  'harthop/trace': trace,
  'harthop/harts': harts,
  'harthop/tasks': tasks,
  'harthop/queues': queues,
  'harthop/freeze': freeze,
  'harthop/focus': focus,
  'harthop/nextMigration': nextMigration,
  'harthop/previousMigration': previousMigration,
};

/** What `initialize` answers: the union of what the requests bring. */
export const capabilities = (): P.Capabilities =>
  Object.assign({}, ...Object.values(requests).map((request) => request.capabilities ?? {}));
