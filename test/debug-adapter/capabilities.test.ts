/** What `initialize` answers comes from the requests themselves. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { filters } from '../../debug-adapter/filters.js';
import { breakpointModes } from '../../debug-adapter/modes.js';
import { capabilities, requests } from '../../debug-adapter/requests/index.js';
import { root } from './conversation.js';

test('every file of requests/ is one request, and every request is registered', () => {
  const files = readdirSync(`${root}debug-adapter/requests`, { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.ts') && file !== 'index.ts')
    .map((file) => file.replaceAll('\\', '/').replace(/\.ts$/, ''));
  assert.deepEqual(files.sort(), Object.keys(requests).sort());
});

test('no two requests bring the same capability, and initialize answers with all of them', () => {
  const all = Object.values(requests).flatMap((request) => Object.keys(request.capabilities ?? {}));
  assert.equal(new Set(all).size, all.length);
  assert.deepEqual(Object.keys(capabilities()).sort(), all.sort());
});

test('the client is told what this debugger can do', () => {
  const { exceptionBreakpointFilters, ...rest } = capabilities();
  assert.deepEqual(
    exceptionBreakpointFilters?.map(({ filter }) => filter),
    filters.map(({ id }) => id),
  );
  assert.deepEqual(rest, {
    supportsConfigurationDoneRequest: true,
    supportTerminateDebuggee: true,
    supportsTerminateRequest: true,
    supportsRestartRequest: true,
    supportsCancelRequest: true,
    supportsDelayedStackTraceLoading: true,
    supportsSetVariable: true,
    supportsSetExpression: true,
    supportsEvaluateForHovers: true,
    supportsValueFormattingOptions: true,
    supportsClipboardContext: true,
    supportsCompletionsRequest: true,
    completionTriggerCharacters: ['$', '.', '>'],
    supportsLoadedSourcesRequest: true,
    supportsModulesRequest: true,
    supportsConditionalBreakpoints: true,
    supportsHitConditionalBreakpoints: true,
    supportsLogPoints: true,
    supportsBreakpointLocationsRequest: true,
    breakpointModes,
    supportsDataBreakpoints: true,
    supportsDataBreakpointBytes: true,
    supportsFunctionBreakpoints: true,
    supportsInstructionBreakpoints: true,
    supportsExceptionFilterOptions: true,
    supportsExceptionInfoRequest: true,
    supportsStepInTargetsRequest: true,
    supportsGotoTargetsRequest: true,
    supportsStepBack: true,
    supportsRestartFrame: true,
    supportsSteppingGranularity: true,
    supportsSingleThreadExecutionRequests: true,
    supportsDisassembleRequest: true,
    supportsReadMemoryRequest: true,
    supportsWriteMemoryRequest: true,
  });
});
