namespace KioskFleet.Simulators.PowerLoss;

/// <summary>
/// The names of a disk: which file each name means for the running program, which it surely means after a power cut,
/// and the history between the two. Names are paths relative to the disk's folder. Not thread-safe; the disk's gate
/// guards it.
/// </summary>
internal sealed class DirectoryImage
{
    private readonly Dictionary<string, FileImage> _live = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileImage> _durable = new(StringComparer.Ordinal);
    private readonly List<(string Name, FileImage? Image)> _pending = [];

    /// <summary>The file that the running program sees under a name, or null.</summary>
    public FileImage? Find(string name) => _live.GetValueOrDefault(name);

    /// <summary>All names that mean something now, surely after a cut, or perhaps after a cut; a copy.</summary>
    public IReadOnlyList<string> KnownNames =>
        [.. _live.Keys.Concat(_durable.Keys).Concat(_pending.Select(change => change.Name)).Distinct()];

    /// <summary>Adds a file whose name and content are durable already; what waited for the name is over.</summary>
    public FileImage AddDurable(string name, byte[] content)
    {
        FileImage image = new(content);
        _live[name] = image;
        _durable[name] = image;
        _pending.RemoveAll(change => change.Name == name);
        return image;
    }

    /// <summary>Creates an empty file under a name; the name waits for a sync of its directory.</summary>
    public FileImage Create(string name)
    {
        FileImage image = new([]);
        _live[name] = image;
        _pending.Add((name, image));
        return image;
    }

    /// <summary>Takes a name away; that waits for a sync of its directory. Unknown names are no change.</summary>
    public void Delete(string name)
    {
        if (_live.Remove(name))
        {
            _pending.Add((name, null));
        }
    }

    /// <summary>Makes all waiting changes of names in the directory of <paramref name="name"/> durable.</summary>
    public void SyncDirectoryOf(string name)
    {
        string? directory = Path.GetDirectoryName(name);
        foreach ((string changed, FileImage? image) in _pending.Where(c => Path.GetDirectoryName(c.Name) == directory))
        {
            if (image is null)
            {
                _durable.Remove(changed);
            }
            else
            {
                _durable[changed] = image;
            }
        }

        _pending.RemoveAll(change => Path.GetDirectoryName(change.Name) == directory);
    }

    /// <summary>
    /// For each name, in ordinal order, the files it may mean after a cut: first the durable meaning, then each later
    /// one up to the live; null stands for "no such file".
    /// </summary>
    public IReadOnlyList<NameSnapshot> Snapshot()
    {
        Dictionary<FileImage, FileSnapshot> copies = [];
        List<NameSnapshot> names = [];
        IEnumerable<string> known = _durable.Keys.Concat(_pending.Select(change => change.Name)).Distinct();
        foreach (string name in known.Order(StringComparer.Ordinal))
        {
            List<FileImage?> meanings = [_durable.GetValueOrDefault(name)];
            meanings.AddRange(_pending.Where(change => change.Name == name).Select(change => change.Image));
            names.Add(new NameSnapshot(name, [.. meanings.Select(CopyOf)]));
        }

        return names;

        FileSnapshot? CopyOf(FileImage? image)
        {
            if (image is null)
            {
                return null;
            }

            return copies.TryGetValue(image, out FileSnapshot? copy) ? copy : copies[image] = image.Snapshot();
        }
    }
}

/// <summary>A name at the moment of a power cut.</summary>
/// <param name="Name">Path relative to the disk's folder.</param>
/// <param name="Meanings">Possible meanings, oldest (durable) first, never empty; null is "no file".</param>
internal sealed record NameSnapshot(string Name, IReadOnlyList<FileSnapshot?> Meanings);
