namespace HaLvs.Director.Configuration;

/// <summary>A file or a setting that stops the start. The message is for the operator: what happened, to what, why, what to do next.</summary>
public sealed class ConfigurationException : Exception
{
    public ConfigurationException()
    {
    }

    public ConfigurationException(string message)
        : base(message)
    {
    }

    public ConfigurationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
