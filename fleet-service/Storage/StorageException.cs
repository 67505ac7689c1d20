namespace KioskFleet.Service.Storage;

/// <summary>
/// The database cannot be used as it is: it is damaged, newer than the program, or its migrations were changed. The
/// message names the file and what to do; the program does not start.
/// </summary>
internal sealed class StorageException : Exception
{
    /// <summary>Makes the exception with a message for the person who starts the program.</summary>
    public StorageException(string message) : base(message)
    {
    }

    /// <summary>Makes the exception with the error that caused it.</summary>
    public StorageException(string message, Exception inner) : base(message, inner)
    {
    }
}
