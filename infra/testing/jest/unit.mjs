// Jest takes no testTimeout per project (it is a global setting), so each kind of test sets its own here.
import { jest } from '@jest/globals';

jest.setTimeout(30_000); // they take milliseconds; a machine may stand still for seconds
