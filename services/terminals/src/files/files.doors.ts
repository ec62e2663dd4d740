import { Inject } from '@nestjs/common';
import { CommandDoor, Doors, QueryDoor, type Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import {
  abortUpload, beginDownload, beginUpload, filePart, filesCount, filesList, filesStat, finishUpload, makeFolder, removeFile, removeFileRule, renameFile, saveText, setFileMode, setFileRule, writePart,
} from '@xanthus/proto/terminals';
import { addFolder, changeMode, moveFile, writeText } from './changes.js';
import { readPart, startDownload } from './downloads.js';
import { again, type FilesContext } from './files.context.js';
import { countFolder, listFolder, statPath } from './listing.js';
import { remove } from './removal.js';
import { removeRule, setRule } from './rule-commands.js';
import { addPart, dropUpload, endUpload, startUpload } from './uploads.js';

export const FILES_CONTEXT = Symbol('files');

@Doors()
export class FilesDoors {
  constructor(@Inject(FILES_CONTEXT) private readonly on: FilesContext) {}

  @QueryDoor(filesList)
  list(input: ParsedInputOf<typeof filesList>, call: Call): Promise<OutputOf<typeof filesList>> {
    return again(() => listFolder(this.on, call, input));
  }

  @QueryDoor(filesStat)
  stat(input: ParsedInputOf<typeof filesStat>, call: Call): Promise<OutputOf<typeof filesStat>> {
    return again(() => statPath(this.on, call, input));
  }

  @QueryDoor(filesCount)
  count(input: ParsedInputOf<typeof filesCount>, call: Call): Promise<OutputOf<typeof filesCount>> {
    return again(() => countFolder(this.on, call, input));
  }

  @QueryDoor(filePart)
  part(input: ParsedInputOf<typeof filePart>, call: Call): Promise<OutputOf<typeof filePart>> {
    return readPart(this.on, call, input);
  }

  @CommandDoor(beginDownload)
  download(input: ParsedInputOf<typeof beginDownload>, call: Call): Promise<OutputOf<typeof beginDownload>> {
    return again(() => startDownload(this.on, call, input));
  }

  @CommandDoor(saveText)
  save(input: ParsedInputOf<typeof saveText>, call: Call): Promise<OutputOf<typeof saveText>> {
    return writeText(this.on, call, input);
  }

  @CommandDoor(beginUpload)
  upload(input: ParsedInputOf<typeof beginUpload>, call: Call): Promise<OutputOf<typeof beginUpload>> {
    return again(() => startUpload(this.on, call, input));
  }

  @CommandDoor(writePart)
  write(input: ParsedInputOf<typeof writePart>, call: Call): Promise<OutputOf<typeof writePart>> {
    return addPart(this.on, call, input);
  }

  @CommandDoor(finishUpload)
  finish(input: ParsedInputOf<typeof finishUpload>, call: Call): Promise<OutputOf<typeof finishUpload>> {
    return endUpload(this.on, call, input);
  }

  @CommandDoor(abortUpload)
  abort(input: ParsedInputOf<typeof abortUpload>, call: Call): Promise<OutputOf<typeof abortUpload>> {
    return dropUpload(this.on, call, input);
  }

  @CommandDoor(makeFolder)
  folder(input: ParsedInputOf<typeof makeFolder>, call: Call): Promise<OutputOf<typeof makeFolder>> {
    return addFolder(this.on, call, input);
  }

  @CommandDoor(renameFile)
  rename(input: ParsedInputOf<typeof renameFile>, call: Call): Promise<OutputOf<typeof renameFile>> {
    return moveFile(this.on, call, input);
  }

  @CommandDoor(removeFile)
  remove(input: ParsedInputOf<typeof removeFile>, call: Call): Promise<OutputOf<typeof removeFile>> {
    return remove(this.on, call, input);
  }

  @CommandDoor(setFileMode)
  mode(input: ParsedInputOf<typeof setFileMode>, call: Call): Promise<OutputOf<typeof setFileMode>> {
    return changeMode(this.on, call, input);
  }

  @CommandDoor(setFileRule)
  setRule(input: ParsedInputOf<typeof setFileRule>, call: Call): Promise<OutputOf<typeof setFileRule>> {
    return setRule(this.on, call, input);
  }

  @CommandDoor(removeFileRule)
  removeRule(input: ParsedInputOf<typeof removeFileRule>, call: Call): Promise<OutputOf<typeof removeFileRule>> {
    return removeRule(this.on, call, input);
  }
}
