import { Button, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { ImageInfo, ModelInfo } from '../../core/protocol/workbench.ts';
import { EmptyState } from '../components/EmptyState.tsx';
import { Icon } from '../components/Icon.tsx';
import { IconButton } from '../components/IconButton.tsx';
import { countText } from '../components/timeText.ts';
import { addFiles, forgetModel, openSample, removeImage } from '../store/actions.ts';
import { chooseImage, chooseModel, useBench } from '../store/bench.ts';
import { attempt, useServer } from '../store/server.ts';
import { definePanel } from './define.ts';

export const project = definePanel({
  id: 'project',
  title: 'Project',
  description: 'The models and images of this workspace',
  icon: 'open',
  component: Project,
});

function Project() {
  const models = useServer((server) => server.models);
  const images = useServer((server) => server.images);
  const ready = useServer((server) => server.ready);
  if (ready && models.length === 0 && images.length === 0) {
    return (
      <div className="panel">
        <EmptyState icon="open" title="This workspace is empty">
          Drop an ONNX model and pictures here, or look at the sample first.
          <Button onClick={() => attempt(() => openSample())} leftSection={<Icon name="play" />}>
            Open the sample
          </Button>
        </EmptyState>
      </div>
    );
  }
  return (
    <div className="panel">
      <div className="panel-body">
        <Models models={models} />
        <Images images={images} />
      </div>
    </div>
  );
}

function Models({ models }: { readonly models: readonly ModelInfo[] }) {
  const chosen = useBench((bench) => bench.model);
  return (
    <section className="panel-section" style={{ padding: '10px 0' }}>
      <h3 className="section-title" style={{ padding: '0 10px' }}>
        Models <span className="grow" style={{ flex: 1 }} />
        <FilePicker label="Open a model…" accept=".onnx" />
      </h3>
      {models.map((model) => (
        <div
          key={model.id}
          className="row"
          role="button"
          tabIndex={0}
          aria-current={model.id === chosen}
          onClick={() => chooseModel(model.id)}
          onKeyDown={(event) => event.key === 'Enter' && chooseModel(model.id)}
          title={model.path}
        >
          <Icon name={model.available ? 'model' : 'warning'} />
          <span className="grow">
            <div className="clip">{model.name}</div>
            <div className="clip dimmed" style={{ fontSize: 11 }}>
              {model.available
                ? `${model.classes} classes · ${countText(model.parameters)} parameters`
                : 'The file has moved or changed'}
            </div>
          </span>
          <span className="row-actions">
            <IconButton
              icon="close"
              label={`Take ${model.name} off the list`}
              onClick={() => attempt(() => forgetModel(model.id))}
            />
          </span>
        </div>
      ))}
      {models.length === 0 && (
        <Text size="xs" c="dimmed" px={10}>
          Drop an ONNX model here.
        </Text>
      )}
    </section>
  );
}

/** From so many images on they can be searched by name. */
const searchFrom = 13;

function Images({ images }: { readonly images: readonly ImageInfo[] }) {
  const [search, setSearch] = useState('');
  const found = images.filter(({ name }) => name.toLowerCase().includes(search.toLowerCase()));
  return (
    <section className="panel-section" style={{ padding: '10px 0' }}>
      <h3 className="section-title" style={{ padding: '0 10px' }}>
        Images <span className="grow" style={{ flex: 1 }} />
        <FilePicker label="Add images…" accept="image/*" />
      </h3>
      {images.length >= searchFrom && (
        <TextInput
          mx={10}
          mb={8}
          aria-label="Search images"
          placeholder="Search by name"
          leftSection={<Icon name="search" size={13} />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
      )}
      <div className="thumbnails">
        {found.map((image) => (
          <Thumbnail key={image.id} image={image} />
        ))}
      </div>
      {found.length === 0 && (
        <Text size="xs" c="dimmed" px={10}>
          {images.length === 0 ? 'Drop pictures here, or paste one.' : 'No image has this name.'}
        </Text>
      )}
      {images.length > 1 && found.length > 0 && <ChosenImages />}
    </section>
  );
}

function Thumbnail({ image }: { readonly image: ImageInfo }) {
  const current = useBench((bench) => bench.image === image.id);
  const chosen = useBench((bench) => bench.chosenImages.includes(image.id));
  return (
    <div
      className={`thumbnail${chosen ? ' chosen' : ''}`}
      role="button"
      tabIndex={0}
      aria-current={current}
      title={`${image.name} · ${image.width} × ${image.height}\nCtrl+click to choose several`}
      onClick={(event) => (event.ctrlKey || event.metaKey ? toggle(image.id) : chooseImage(image.id))}
      onKeyDown={(event) => {
        if (event.key === 'Enter') chooseImage(image.id);
        if (event.key === ' ') toggle(image.id);
      }}
    >
      <img src={image.thumbnail.url} alt={image.name} loading="lazy" draggable={false} />
      {chosen && (
        <span className="chosen-mark">
          <Icon name="check" size={12} />
        </span>
      )}
      <span className="row-actions">
        <IconButton
          icon="close"
          label={`Remove ${image.name}`}
          onClick={() => attempt(() => removeImage(image.id))}
        />
      </span>
    </div>
  );
}

/** Adds an image to those that a run takes, or takes it away. */
function toggle(image: string): void {
  useBench.setState(({ chosenImages }) => ({
    chosenImages: chosenImages.includes(image)
      ? chosenImages.filter((one) => one !== image)
      : [...chosenImages, image],
  }));
}

function ChosenImages() {
  const count = useBench((bench) => bench.chosenImages.length);
  const images = useServer((server) => server.images);
  const choose = (chosenImages: string[]): void => useBench.setState({ chosenImages });
  return (
    <Text size="xs" c="dimmed" px={10}>
      {count === 0 ? (
        <>
          Runs take the image you look at.{' '}
          <button type="button" className="link" onClick={() => choose(images.map(({ id }) => id))}>
            Choose all
          </button>
        </>
      ) : (
        <>
          Runs take the {count} chosen.{' '}
          <button type="button" className="link" onClick={() => choose([])}>
            Choose none
          </button>
        </>
      )}
    </Text>
  );
}

function FilePicker({ label, accept }: { readonly label: string; readonly accept: string }) {
  return (
    <label className="plain-button" title={label}>
      <Icon name="add" />
      <input
        className="hidden-input"
        type="file"
        multiple
        accept={accept}
        aria-label={label}
        onChange={(event) => {
          const files = [...(event.currentTarget.files ?? [])];
          event.currentTarget.value = '';
          attempt(() => addFiles(files));
        }}
      />
    </label>
  );
}
