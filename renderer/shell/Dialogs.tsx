import { Button, FileButton, Group, Modal, Stack, Table, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Icon } from '../components/Icon.tsx';
import { addFiles, addImages, openModel, openSample } from '../store/actions.ts';
import { attempt } from '../store/server.ts';
import { commands, viewerKeys } from './commands.ts';
import { closeDialog, useDialog } from './dialogs.ts';
import { keyText } from './keyText.ts';

/** The page's dialogs. */
export function Dialogs() {
  const open = useDialog((dialog) => dialog.open);
  return (
    <>
      <Modal opened={open === 'open'} onClose={closeDialog} title="Open a model or images" size="lg">
        <OpenForm />
      </Modal>
      <Modal opened={open === 'keys'} onClose={closeDialog} title="Keyboard shortcuts" size="lg">
        <KeyTable />
      </Modal>
    </>
  );
}

function OpenForm() {
  const [path, setPath] = useState('');
  const trimmed = path.trim();
  const isModel = /\.onnx$/i.test(trimmed);
  const openPath = (): void => {
    if (trimmed === '') return;
    closeDialog();
    attempt(() => (isModel ? openModel(trimmed) : addImages(trimmed)));
  };
  return (
    <Stack gap="md">
      <Group>
        <FileButton
          multiple
          accept=".onnx,image/*"
          onChange={(files) => {
            closeDialog();
            attempt(() => addFiles(files));
          }}
        >
          {(props) => (
            <Button {...props} leftSection={<Icon name="open" />} size="sm">
              Choose files…
            </Button>
          )}
        </FileButton>
        <Button
          size="sm"
          variant="default"
          leftSection={<Icon name="play" />}
          onClick={() => {
            closeDialog();
            attempt(() => openSample());
          }}
        >
          Open the sample
        </Button>
      </Group>
      <Text c="dimmed" size="sm">
        ONNX models (.onnx) and pictures. You can also drop them anywhere on this page, or paste a picture.
      </Text>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          openPath();
        }}
      >
        <TextInput
          size="sm"
          data-autofocus
          label="A path on the server’s machine"
          description="A model, a picture, or a folder of pictures; nothing is sent, it is read there"
          placeholder="/data/resnet50.onnx"
          value={path}
          onChange={(event) => setPath(event.currentTarget.value)}
          rightSectionWidth={112}
          rightSection={
            <Button type="submit" size="compact-sm" disabled={trimmed === ''}>
              {isModel ? 'Open model' : 'Add images'}
            </Button>
          }
        />
      </form>
    </Stack>
  );
}

function KeyTable() {
  const keyed = commands().filter(({ keys }) => keys !== undefined);
  return (
    <Stack gap="lg">
      <Rows
        title="Everywhere"
        rows={[
          ['Ctrl K, F1', 'all commands'],
          ...keyed.map(({ keys = [], title }) => [keyText(keys[0] ?? ''), lower(title)] as const),
        ]}
      />
      <Rows title="In an image viewer" rows={viewerKeys} />
    </Stack>
  );
}

const lower = (title: string): string => title.charAt(0).toLowerCase() + title.slice(1);

function Rows({
  title,
  rows,
}: {
  readonly title: string;
  readonly rows: readonly (readonly [string, string])[];
}) {
  return (
    <div>
      <Text fw={600} size="sm" mb={4}>
        {title}
      </Text>
      <Table verticalSpacing={4}>
        <Table.Tbody>
          {rows.map(([keys, what]) => (
            <Table.Tr key={keys}>
              <Table.Td w={240}>
                <kbd className="key">{keys}</kbd>
              </Table.Td>
              <Table.Td>{what}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
