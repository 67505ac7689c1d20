using KioskFleet.Simulators.Terminal;

namespace KioskFleet.Simulators.Commands;

/// <summary>How a command ends.</summary>
/// <param name="JsonFile">The file that takes the result; null for none.</param>
/// <param name="Exits">True when it ends with its proof.</param>
internal sealed record CommandEnd(string? JsonFile, bool Exits)
{
    /// <summary>Writes the result where it is wanted.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write<T>(T result)
    {
        if (JsonFile is not null)
        {
            JsonResultFile.Write(JsonFile, result);
        }
    }
}
