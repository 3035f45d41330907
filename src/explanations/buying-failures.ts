/** What can happen between an order and its clip. */
export const BUYING_FAILURES = {
  'upstream-failed': {
    means: 'a take was not ordered, because the shot that it takes its picture from has no clip',
    mend: 'Mend that shot first; the next run goes on from there.',
  },
  'upstream-missing': {
    means: 'the clip that a take takes its picture from is not in the store',
    mend: 'Render that shot first.',
  },
  'key-missing': {
    means: 'buying needs an API key, and there is none, or an empty one',
    mend: 'Set WAVESPEED_API_KEY, or name a file with --key-file. The animatic needs no key.',
  },
  'key-malformed': {
    means: 'what was given as the API key is no key',
    mend: 'Copy it again, without quotes or line breaks.',
  },
  'key-exposed': {
    means: 'the file of --key-file can be read by others',
    mend: 'Make it yours alone: `chmod 600 FILE`.',
  },
  'key-refused': {
    means: 'the service does not accept the API key',
    mend: 'Check the key; `storyreel doctor` tries it.',
  },
  'not-allowed': {
    means: 'the service knows the key, and does not let it do this',
    mend: 'Look in the service’s dashboard for what the key may do.',
  },
  'bad-url': {
    means:
      'the address in STORYREEL_WAVESPEED_URL is neither https nor on this machine, or has a password in it',
    mend: 'Unset it, or correct it: the key would go there.',
  },
  'other-service': {
    means: 'what is in the store was bought from another service',
    mend: 'Use a project of its own for each: a rehearsal belongs into a copy of this one, whose lock file would take rehearsed clips for bought ones.',
  },
  unreachable: {
    means: 'the service cannot be reached',
    mend: 'Check the network, then run the same command again. Nothing was submitted.',
  },
  'rate-limited': {
    means: 'the service takes no more orders for now',
    mend: 'Run the same command again later, or with a lower --concurrency.',
  },
  'not-told': {
    means: 'the service does not tell a price, the balance or its history, or tells a price that no clip has',
    mend: 'Run the same command again later. Without --quote the plan counts with listed prices.',
  },
  'no-credit': {
    means: 'the account at the service has no credit left',
    mend: 'Top it up, then run the same command again: what was bought is kept.',
  },
  'model-unknown': {
    means: 'the service does not know the model',
    mend: 'Check the shot’s `model`; `storyreel models` lists those that storyreel knows.',
  },
  'request-invalid': {
    means: 'an order does not fit the model’s schema after all; it was not sent',
    mend: 'Please report it: `storyreel check` should have found this.',
  },
  'request-refused': {
    means: 'the service refused the order as it is; nothing was charged',
    mend: 'Change the shot as the message says. The same order would be refused again.',
  },
  'upload-failed': {
    means: 'a reference could not be sent to the service; nothing was submitted',
    mend: 'Run the same command again later. If the service does not take the file itself, change that as the message says.',
  },
  'reference-changed': {
    means:
      'a reference changed while it was sent, or while a clip was drawn with it; nothing was submitted, and nothing kept',
    mend: 'Run the same command again, for a plan with the file as it is now.',
  },
  'media-unreachable': {
    means: 'the service could not read a reference that was sent to it',
    mend: 'Run it again with --retry-failed: references are sent anew.',
  },
  'outcome-unknown': {
    means:
      'nobody knows whether an order arrived: the answer was lost. It may have been charged, so it is held and not sent again',
    mend: 'Run the same command later: it looks the order up. Or settle it: `storyreel resolve FILE SHOT` with --adopt, --resubmit or --abandon.',
  },
  'answer-lost': {
    means: 'the answer to an order did not come, or cannot be read',
    mend: 'The order is held. Run the same command again: it is looked up before anything is sent.',
  },
  interrupted: {
    means:
      'it was ended, with Ctrl-C, before anything was submitted; of an order that is held: while that was being sent',
    mend: 'Run the same command again: what is held is looked up before anything is sent.',
  },
  'duplicate-id': {
    means: 'the answer to an order named the prediction of another clip',
    mend: 'The order is held. Run the same command again: the service’s history tells which one is its own.',
  },
  abandoned: {
    means: 'the take was given up with `resolve --abandon`',
    mend: 'Buy it anew with --retry-failed, or change the shot.',
  },
  'task-failed': {
    means: 'the service could not make the clip',
    mend: 'It is not bought again unasked: change the shot, or try the same with --retry-failed.',
  },
  'service-failed': {
    means: 'the service itself failed, or took too long; it refunds such orders',
    mend: 'Try again later with --retry-failed.',
  },
  moderated: {
    means: 'the service’s moderation refused the shot; it may have been charged',
    mend: 'Change the prompt or the references. --retry-failed sends the same again, and may be charged again.',
  },
  flagged: {
    means: 'the clip was made, and the service marks it as unsafe; it is not used',
    mend: 'Change the shot; or, if the mark is wrong, take the clip with `storyreel resolve FILE SHOT --adopt ID`.',
  },
  cancelled: {
    means: 'somebody cancelled the order at the service',
    mend: 'Buy it again with --retry-failed.',
  },
  'prediction-gone': {
    means: 'the service has deleted the clip, as it does after 7 days',
    mend: 'Restore the store from a backup, or buy the clip again with --retry-failed.',
  },
  'prediction-missing': {
    means: 'the service does not find an order that it accepted, or that the lock file names',
    mend: 'It stays in the journal as paid for. Run the same command again later, with the key of the account that bought it; or give it up with `storyreel resolve --abandon`.',
  },
  'bad-answer': {
    means: 'the service says nothing usable about an order',
    mend: 'It stays in the journal as paid for. Run the same command again later.',
  },
  'download-failed': {
    means: 'a clip that is paid for could not be fetched',
    mend: 'Run the same command again: it is fetched, not bought.',
  },
  'download-refused': {
    means: 'a clip was not fetched, because its address is not safe or it is too large',
    mend: 'If this repeats, ask the service about the prediction.',
  },
  'clip-damaged': {
    means: 'what arrived is no clip of the shot, or a damaged one',
    mend: 'It stays paid for: run the same command again to fetch it again.',
  },
  'clip-wrong-length': {
    means: 'the clip that arrived has another length than was ordered',
    mend: 'It stays paid for: run the same command again to fetch it again.',
  },
  'no-video': {
    means: 'a file has no picture',
    mend: 'Of a reference: name a video. Of a clip: run the same command again to fetch it again.',
  },
  'not-a-video': {
    means: 'a file cannot be read as a video',
    mend: 'Of a reference: name an MP4 or MOV that plays. Of a clip: run the same command again to fetch it again.',
  },
};
