#!/usr/bin/env node
import { Command } from 'commander';
import { auditCommand } from '../edges/cli/audit.js';

const program = new Command('countersign').description('Ask, countersign, act, prove, end.');
program.addCommand(auditCommand());
await program.parseAsync();
