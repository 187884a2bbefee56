"""Commands from another process: `engine` hands them in, `inbox` carries them out.

1. `RemoteEngine.submit` writes a row of `commands`, for the controller that has the call, and wakes that controller.
2. The controller's `Inbox` claims the row under its epoch, submits the command to its engine, and stores the answer.
3. It wakes the requester, which reads the answer: the result, or the refusal as the same exception.

The row is the truth: a wake-up that is lost costs a slow look on either side.
"""
